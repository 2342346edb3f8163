# What somebody must look at. The logs hold ids and counts only, and so do the alerts.

locals {
  alerts = {
    # Cloud Run's own line for each request, so a process that died counts too.
    faults = {
      title   = "A function answered 5xx"
      filter  = "resource.type=\"cloud_run_revision\" AND log_id(\"run.googleapis.com/requests\") AND httpRequest.status>=500"
      count   = 5
      seconds = 300
    }

    # As many failed signings as lock a person's signing, in the time that it stays locked (21 CFR 11.300(d)).
    failed_signings = {
      title   = "Signings failed until signing may be locked"
      filter  = "resource.type=\"cloud_run_revision\" AND ((jsonPayload.status=401 AND jsonPayload.function=(\"${join("\" OR \"", var.signing_functions)}\")) OR (jsonPayload.status=200 AND jsonPayload.function=\"report_failed_signing\"))"
      count   = 5
      seconds = 900
    }

    # The chains aren't what was sealed: somebody altered them beside the product, or a restore wasn't recorded.
    contradicted_seals = {
      title   = "The audit trail contradicts its seals"
      filter  = "resource.type=\"cloud_run_revision\" AND jsonPayload.message=\"the trail contradicts its seals\""
      count   = 1
      seconds = 300
    }

    # One is enough: a backup that can't be restored is none.
    failed_backups = {
      title   = "A backup failed, or isn't what it should be"
      filter  = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=(\"back-up\" OR \"check-backup\") AND severity>=ERROR"
      count   = 1
      seconds = 3600
    }

    failed_schedules = {
      title   = "A scheduled function failed"
      filter  = "resource.type=\"cloud_scheduler_job\" AND severity>=ERROR"
      count   = 5
      seconds = 900
    }
  }
}

resource "google_logging_metric" "this" {
  for_each = local.alerts

  name   = "qfacts/${each.key}"
  filter = each.value.filter

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
  }
}

resource "google_monitoring_notification_channel" "mail" {
  display_name = "QFacts"
  type         = "email"
  labels       = { email_address = var.email }
}

resource "google_monitoring_alert_policy" "this" {
  for_each = local.alerts

  display_name          = each.value.title
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.mail.id]

  conditions {
    display_name = each.value.title

    condition_threshold {
      filter          = "metric.type=\"logging.googleapis.com/user/${google_logging_metric.this[each.key].name}\" AND resource.type=\"${each.key == "failed_schedules" ? "cloud_scheduler_job" : "cloud_run_revision"}\""
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.count - 1
      duration        = "0s"

      aggregations {
        alignment_period     = "${each.value.seconds}s"
        per_series_aligner   = "ALIGN_SUM"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }
}
