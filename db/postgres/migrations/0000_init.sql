CREATE TABLE "rate_limits" (
	"key" text COLLATE "C" PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
CREATE TABLE "retired_access_tokens" (
	"jti" text COLLATE "C" PRIMARY KEY NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "session_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "session_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text COLLATE "C" NOT NULL,
	"at" bigint NOT NULL,
	"session_id" text COLLATE "C",
	"user_id" text COLLATE "C" NOT NULL,
	"address" text COLLATE "C" NOT NULL,
	"agent" text COLLATE "C" NOT NULL,
	"detail" text COLLATE "C"
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"user_id" text COLLATE "C" NOT NULL,
	"generation" integer DEFAULT 0 NOT NULL,
	"branch" integer DEFAULT 0 NOT NULL,
	"parent_branch" integer DEFAULT 0 NOT NULL,
	"renewals" integer DEFAULT 0 NOT NULL,
	"issued_at" bigint NOT NULL,
	"idle_expires_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"auth_time" bigint NOT NULL,
	"revoked_at" bigint,
	"revoked_reason" text COLLATE "C",
	"user_agent" text COLLATE "C" NOT NULL,
	"ip" text COLLATE "C" NOT NULL,
	"client_id" text COLLATE "C",
	"device_name" text COLLATE "C"
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"name_key" text COLLATE "C" NOT NULL,
	"password_hash" text COLLATE "C" NOT NULL,
	"created_at" bigint NOT NULL,
	"disabled_at" bigint,
	"verified" boolean DEFAULT false NOT NULL,
	CONSTRAINT "users_name_key_unique" UNIQUE("name_key")
);
--> statement-breakpoint
ALTER TABLE "session_events" ADD CONSTRAINT "session_events_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "rate_limits_by_expiry" ON "rate_limits" USING btree ("expire");--> statement-breakpoint
CREATE INDEX "retired_by_expiry" ON "retired_access_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "events_of_session" ON "session_events" USING btree ("session_id","at");--> statement-breakpoint
CREATE INDEX "events_of_user" ON "session_events" USING btree ("user_id","at","id");--> statement-breakpoint
CREATE INDEX "alerts_of_user" ON "session_events" USING btree ("user_id","at","id") WHERE "session_events"."kind" IN ('reuse_detected', 'alert_dismissed', 'password_changed');--> statement-breakpoint
CREATE INDEX "events_by_age" ON "session_events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "sessions_of_user" ON "sessions" USING btree ("user_id","revoked_at");--> statement-breakpoint
CREATE INDEX "sessions_by_expiry" ON "sessions" USING btree (("expires_at" / 600000));