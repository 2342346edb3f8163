output "instance" {
  description = "The connection name: project, region and instance."
  value       = google_sql_database_instance.this.connection_name
}

output "name" {
  value = google_sql_database.this.name
}

output "users" {
  description = "The login role of each service account by its short name."
  value       = { for account, user in google_sql_user.this : account => user.name }
}
