ALTER TABLE `sessions` ADD `device_name` text;--> statement-breakpoint
ALTER TABLE `sessions` ADD `renewals` integer DEFAULT 0 NOT NULL;