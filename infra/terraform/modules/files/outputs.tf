output "bucket" {
  value = google_storage_bucket.files.name
}
