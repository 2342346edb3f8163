output "bucket" {
  value = google_storage_bucket.seals.name
}
