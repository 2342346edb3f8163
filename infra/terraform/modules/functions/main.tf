# Every service of the register is the same image under its own name: the functions of an area together, or one function alone.

locals {
  # Read by shared/outside/config.py. What only the stack on one machine may set is never set here.
  settings = merge(
    {
      QFACTS_PROJECT           = var.project
      QFACTS_ORIGIN            = var.origin
      QFACTS_DATABASE_INSTANCE = var.database_instance
      QFACTS_DATABASE_NAME     = var.database_name
      QFACTS_BUCKET            = var.bucket
      QFACTS_SIGNER            = var.accounts["files"]
      QFACTS_SEAL_BUCKET       = var.seal_bucket
      QFACTS_SEAL_SIGNER       = var.accounts["seals"]
      QFACTS_SCHEDULER_ACCOUNT = var.accounts["scheduler"]
      QFACTS_MAIL_FROM         = var.mail_from
      QFACTS_MAIL_EVENTS_KEY   = var.mail_events_key
    },
    var.tenant == "" ? {} : { QFACTS_TENANT = var.tenant },
  )

  scheduled = { for name, service in var.services : name => service if service.trigger == "schedule" }
  public    = { for name, service in var.services : name => service if service.trigger != "schedule" }
}

resource "google_cloud_run_v2_service" "this" {
  for_each = var.services

  name                = replace(each.key, "_", "-")
  location            = var.region
  labels              = { area = each.value.area }
  deletion_protection = false

  # The scheduler's functions are reached from within Google Cloud only, by tokens made out to their own address.
  ingress          = each.value.trigger == "schedule" ? "INGRESS_TRAFFIC_INTERNAL_ONLY" : "INGRESS_TRAFFIC_ALL"
  custom_audiences = each.value.trigger == "schedule" ? [for function in each.value.functions : "${var.origin}/api/${function}"] : []

  template {
    service_account                  = var.accounts[each.value.service_account]
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    timeout                          = "${each.value.timeout}s"
    max_instance_request_concurrency = each.value.concurrency

    scaling {
      min_instance_count = each.value.min_instances
      max_instance_count = each.value.max_instances
    }

    # To the database by its private address; to Google's and SendGrid's directly.
    vpc_access {
      egress = "PRIVATE_RANGES_ONLY"

      network_interfaces {
        network    = var.network
        subnetwork = var.subnetwork
      }
    }

    containers {
      image = var.image

      resources {
        cpu_idle          = true
        startup_cpu_boost = true

        limits = {
          cpu    = tostring(each.value.cpu)
          memory = each.value.memory
        }
      }

      dynamic "env" {
        for_each = merge(local.settings, {
          FUNCTION_SOURCE      = "/app/functions/${each.value.area}${each.value.shared ? "" : "/${each.key}.py"}"
          FUNCTION_TARGET      = join(",", each.value.functions)
          PYTHONPATH           = "/app"
          THREADS              = tostring(each.value.concurrency + 1) # one more, so that the probe is answered while all are busy
          QFACTS_DATABASE_USER = var.database_users[each.value.service_account]
        })

        content {
          name  = env.key
          value = env.value
        }
      }

      # Whatever stops answering is started anew. A path of its own, which no function and no database stands behind.
      liveness_probe {
        initial_delay_seconds = 10
        period_seconds        = 10
        timeout_seconds       = 5
        failure_threshold     = 3

        http_get {
          path = "/health"
        }
      }

      # Uploads are proven by one account alone; where there is no scanner, nothing is set.
      dynamic "env" {
        for_each = each.value.service_account != "files" || var.scanner == "" ? {} : { QFACTS_SCANNER = var.scanner }

        content {
          name  = env.key
          value = env.value
        }
      }

      # Backups are made and checked by one account alone.
      dynamic "env" {
        for_each = each.value.service_account != "backups" ? {} : {
          QFACTS_BACKUP_BUCKET    = var.backup_bucket
          QFACTS_RESTORE_INSTANCE = var.restore_instance
          QFACTS_RESTORE_USER     = var.database_users["backups"]
        }

        content {
          name  = env.key
          value = env.value
        }
      }

      # Mail is sent by jobs alone.
      dynamic "env" {
        for_each = each.value.service_account == "jobs" ? { SENDGRID_API_KEY = var.sendgrid_secret } : {}

        content {
          name = env.key

          value_source {
            secret_key_ref {
              secret  = env.value
              version = "latest"
            }
          }
        }
      }
    }
  }
}

# Anybody may knock: each function's own door asks for the token, or for the sender's signature.
resource "google_cloud_run_v2_service_iam_member" "anybody" {
  for_each = local.public

  name     = google_cloud_run_v2_service.this[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_cloud_run_v2_service_iam_member" "scheduler" {
  for_each = local.scheduled

  name     = google_cloud_run_v2_service.this[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = "serviceAccount:${var.accounts["scheduler"]}"
}
