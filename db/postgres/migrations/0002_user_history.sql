DROP INDEX "events_of_user";--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "auth_time" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "alerts_of_user" ON "session_events" USING btree ("user_id","at","id") WHERE "session_events"."kind" IN ('reuse_detected', 'alert_dismissed', 'password_changed');--> statement-breakpoint
CREATE INDEX "events_of_user" ON "session_events" USING btree ("user_id","at","id");