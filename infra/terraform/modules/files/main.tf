# The bucket: uploads wait a day under uploads/, what is kept lies under its own hash in blobs/ and is never overwritten, and exports wait a
# week under exports/.

data "google_storage_project_service_account" "this" {}

# Cloud Storage itself encrypts and decrypts with the key, where there is one.
resource "google_kms_crypto_key_iam_member" "storage" {
  count = var.kms_key == "" ? 0 : 1

  crypto_key_id = var.kms_key
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = data.google_storage_project_service_account.this.member
}

resource "google_storage_bucket" "files" {
  name                        = "${var.project}-files"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }

  # Once for the upload, once more for the version that deleting it leaves.
  lifecycle_rule {
    condition {
      age            = 1
      matches_prefix = ["uploads/"]
      with_state     = "ANY"
    }

    action {
      type = "Delete"
    }
  }

  # An export can be fetched for a week; the job deletes it then, and this what the job left.
  lifecycle_rule {
    condition {
      age            = 8
      matches_prefix = ["exports/"]
      with_state     = "ANY"
    }

    action {
      type = "Delete"
    }
  }

  # The browser sends the headers that the address was signed with; downloads are plain navigation and need nothing.
  cors {
    origin          = [var.origin]
    method          = ["PUT"]
    response_header = ["content-type", "x-goog-if-generation-match", "x-goog-content-length-range"]
    max_age_seconds = 3600
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

  depends_on = [google_kms_crypto_key_iam_member.storage]
}

# May add and read; without the right to delete, nothing that is there can be replaced either.
resource "google_storage_bucket_iam_member" "adds_and_reads" {
  for_each = toset(["roles/storage.objectCreator", "roles/storage.objectViewer"])

  bucket = google_storage_bucket.files.name
  role   = each.key
  member = "serviceAccount:${var.account}"
}

# The nightly collector, whom nobody can call from outside, may look and delete, and not write. The bucket keeps what it deletes as a former
# version.
resource "google_storage_bucket_iam_member" "collects_orphans" {
  for_each = toset(["roles/storage.objectViewer", var.collector_role])

  bucket = google_storage_bucket.files.name
  role   = each.key
  member = "serviceAccount:${var.collector}"
}

# May delete uploads, and uploads only.
resource "google_storage_bucket_iam_member" "discards_uploads" {
  bucket = google_storage_bucket.files.name
  role   = "roles/storage.objectUser"
  member = "serviceAccount:${var.account}"

  condition {
    title      = "uploads only"
    expression = "resource.name.startsWith('projects/_/buckets/${google_storage_bucket.files.name}/objects/uploads/')"
  }
}

# The job that makes exports reads what is kept, and may write and delete exports only.
resource "google_storage_bucket_iam_member" "reads_for_exports" {
  bucket = google_storage_bucket.files.name
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${var.exporter}"
}

resource "google_storage_bucket_iam_member" "keeps_exports" {
  bucket = google_storage_bucket.files.name
  role   = "roles/storage.objectUser"
  member = "serviceAccount:${var.exporter}"

  condition {
    title      = "exports only"
    expression = "resource.name.startsWith('projects/_/buckets/${google_storage_bucket.files.name}/objects/exports/')"
  }
}
