CREATE TABLE `rate_limits` (
	`key` text PRIMARY KEY NOT NULL,
	`points` integer DEFAULT 0 NOT NULL,
	`expire` integer
);
--> statement-breakpoint
CREATE INDEX `rate_limits_by_expiry` ON `rate_limits` (`expire`);--> statement-breakpoint
CREATE TABLE `retired_access_tokens` (
	`jti` text PRIMARY KEY NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `retired_by_expiry` ON `retired_access_tokens` (`expires_at`);--> statement-breakpoint
CREATE TABLE `session_events` (
	`id` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	`session_id` text,
	`user_id` text NOT NULL,
	`address` text NOT NULL,
	`agent` text NOT NULL,
	`detail` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `events_of_session` ON `session_events` (`session_id`,`at`);--> statement-breakpoint
CREATE INDEX `events_of_user` ON `session_events` (`user_id`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `alerts_of_user` ON `session_events` (`user_id`,`at`,`id`) WHERE "session_events"."kind" IN ('reuse_detected', 'alert_dismissed', 'password_changed');--> statement-breakpoint
CREATE INDEX `events_by_age` ON `session_events` (`at`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`generation` integer DEFAULT 0 NOT NULL,
	`branch` integer DEFAULT 0 NOT NULL,
	`parent_branch` integer DEFAULT 0 NOT NULL,
	`renewals` integer DEFAULT 0 NOT NULL,
	`issued_at` integer NOT NULL,
	`idle_expires_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`auth_time` integer NOT NULL,
	`revoked_at` integer,
	`revoked_reason` text,
	`user_agent` text NOT NULL,
	`ip` text NOT NULL,
	`client_id` text,
	`device_name` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `sessions_of_user` ON `sessions` (`user_id`,`revoked_at`);--> statement-breakpoint
CREATE INDEX `sessions_by_expiry` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`password_hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`disabled_at` integer,
	`verified` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_name_key_unique` ON `users` (`name_key`);