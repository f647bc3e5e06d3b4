DROP INDEX `events_of_user`;--> statement-breakpoint
CREATE INDEX `alerts_of_user` ON `session_events` (`user_id`,`at`,`id`) WHERE "session_events"."kind" IN ('reuse_detected', 'alert_dismissed', 'password_changed');--> statement-breakpoint
CREATE INDEX `events_of_user` ON `session_events` (`user_id`,`at`,`id`);--> statement-breakpoint
ALTER TABLE `sessions` ADD `auth_time` integer DEFAULT 0 NOT NULL;