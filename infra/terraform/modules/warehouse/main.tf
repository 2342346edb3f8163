# What analysts ask: anonymous counts, in the Union (shared/google/bigquery.py names the dataset and where it lies).

resource "google_bigquery_dataset" "usage" {
  dataset_id                 = "usage"
  location                   = "EU"
  description                = "How QFacts is used: anonymous daily and monthly counts, no row for fewer than 11 people in 5 organisations."
  delete_contents_on_destroy = false

  lifecycle {
    prevent_destroy = true
  }
}

# The export makes tables and replaces days; it may start jobs by its account's own role.
resource "google_bigquery_dataset_iam_member" "exporter" {
  dataset_id = google_bigquery_dataset.usage.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = "serviceAccount:${var.exporter}"
}

resource "google_bigquery_dataset_iam_member" "analysts" {
  dataset_id = google_bigquery_dataset.usage.dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = "group:${var.analysts}"
}

# To run queries, which the project pays for.
resource "google_project_iam_member" "analysts_ask" {
  project = var.project
  role    = "roles/bigquery.jobUser"
  member  = "group:${var.analysts}"
}
