# PostgreSQL: a private address, logins by IAM alone, recovery to any second of the last week.

locals {
  flags = {
    "cloudsql.iam_authentication" = "on"
    "max_connections"             = tostring(var.max_connections)

    # Statements and rows may hold personal data: the server's log names neither.
    "log_error_verbosity"     = "terse"
    "log_min_error_statement" = "panic"
    "log_statement"           = "none"
  }
}

resource "google_sql_database_instance" "this" {
  name                = "qfacts"
  region              = var.region
  database_version    = "POSTGRES_18"
  encryption_key_name = var.kms_key == "" ? null : var.kms_key
  deletion_protection = true

  settings {
    edition                     = "ENTERPRISE"
    tier                        = var.tier
    availability_type           = var.availability
    disk_autoresize             = true
    deletion_protection_enabled = true
    connector_enforcement       = "REQUIRED"

    ip_configuration {
      ipv4_enabled    = false
      private_network = var.network
      ssl_mode        = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }

    backup_configuration {
      enabled                        = true
      start_time                     = "02:00"
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = 30
      }
    }

    maintenance_window {
      day  = 7
      hour = 3
    }

    dynamic "database_flags" {
      for_each = local.flags

      content {
        name  = database_flags.key
        value = database_flags.value
      }
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_sql_database" "this" {
  name     = "qfacts"
  instance = google_sql_database_instance.this.name

  lifecycle {
    prevent_destroy = true
  }
}

# A login owns nothing: it may choose one of the roles that the migrations make.
resource "google_sql_user" "this" {
  for_each = var.logins

  instance        = google_sql_database_instance.this.name
  name            = trimsuffix(each.value, ".gserviceaccount.com")
  type            = "CLOUD_IAM_SERVICE_ACCOUNT"
  deletion_policy = "ABANDON"
}
