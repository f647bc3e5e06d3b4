ALTER TABLE "sessions" ADD COLUMN "device_name" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "renewals" integer DEFAULT 0 NOT NULL;