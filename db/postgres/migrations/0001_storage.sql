-- Room on each page for the next version of a row: what is rewritten in place touches no index, and is swept up by whoever
-- reads the page next.
ALTER TABLE "sessions" SET (fillfactor = 95);--> statement-breakpoint
ALTER TABLE "rate_limits" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "users" SET (fillfactor = 90);
