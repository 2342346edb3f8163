# The bucket of the audit trail's seals: what is written stays as it is until its time ends, whoever asks, the project's owner included.
# Locking can't be undone: neither the policy nor the bucket can be removed while one object's time lasts.

resource "google_storage_bucket" "seals" {
  name                        = "${var.project}-seals"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  retention_policy {
    is_locked        = true
    retention_period = var.retention_days * 86400
  }

  dynamic "encryption" {
    for_each = var.kms_key == "" ? [] : [var.kms_key]

    content {
      default_kms_key_name = encryption.value
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

# The account of the seals adds and reads, and so does nobody else add.
resource "google_storage_bucket_iam_member" "adds" {
  bucket = google_storage_bucket.seals.name
  role   = "roles/storage.objectCreator"
  member = "serviceAccount:${var.account}"
}

# Whoever verifies reads.
resource "google_storage_bucket_iam_member" "reads" {
  for_each = merge({ seals = var.account }, var.readers)

  bucket = google_storage_bucket.seals.name
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${each.value}"
}
