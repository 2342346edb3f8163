output "emails" {
  description = "The address of each account by its short name: web, files, jobs, purger, seals, usage, backups, scheduler, migrator, deployer."
  value       = { for name, account in google_service_account.this : name => account.email }
}

output "collector_role" {
  value = google_project_iam_custom_role.collector.id
}
