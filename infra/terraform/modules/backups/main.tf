# Backups: a bucket in another project that nobody can empty before its time, and a server to restore into that isn't the live one.

resource "google_storage_bucket" "backups" {
  project                     = var.backup_project
  name                        = "${var.backup_project}-backups"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # Locked: not even an owner shortens it. Whoever takes over the product's project can't remove its past.
  retention_policy {
    is_locked        = true
    retention_period = var.days * 86400
  }

  lifecycle_rule {
    condition {
      age = var.days + 1
    }

    action {
      type = "Delete"
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

# May add and read; without the right to delete, nothing that is there can be replaced either.
resource "google_storage_bucket_iam_member" "adds_and_reads" {
  for_each = toset(["roles/storage.objectCreator", "roles/storage.objectViewer"])

  bucket = google_storage_bucket.backups.name
  role   = each.key
  member = "serviceAccount:${var.account}"
}

# Checking a backup reads every kept file again.
resource "google_storage_bucket_iam_member" "reads_files" {
  bucket = var.files_bucket
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${var.account}"
}

# Whoever restores owns what it restores: so it has a server of its own, empty but for the minutes of a check.
resource "google_sql_database_instance" "restore" {
  name                = "qfacts-restore"
  region              = var.region
  database_version    = "POSTGRES_18"
  encryption_key_name = var.kms_key == "" ? null : var.kms_key
  deletion_protection = false

  settings {
    edition               = "ENTERPRISE"
    tier                  = var.tier
    availability_type     = "ZONAL"
    disk_autoresize       = true
    connector_enforcement = "REQUIRED"

    ip_configuration {
      ipv4_enabled    = false
      private_network = var.network
      ssl_mode        = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }

    dynamic "database_flags" {
      for_each = {
        "cloudsql.iam_authentication" = "on"
        "log_error_verbosity"         = "terse"
        "log_min_error_statement"     = "panic"
        "log_statement"               = "none"
      }

      content {
        name  = database_flags.key
        value = database_flags.value
      }
    }
  }
}

resource "google_sql_user" "this" {
  for_each = var.logins

  instance        = google_sql_database_instance.restore.name
  name            = trimsuffix(each.value, ".gserviceaccount.com")
  type            = "CLOUD_IAM_SERVICE_ACCOUNT"
  deletion_policy = "ABANDON"
}
