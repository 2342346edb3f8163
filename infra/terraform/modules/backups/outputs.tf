output "bucket" {
  value = google_storage_bucket.backups.name
}

output "instance" {
  description = "The connection name of the server that backups are restored on."
  value       = google_sql_database_instance.restore.connection_name
}
