# Cloud Scheduler calls the service itself: Hosting would hang up after 60 seconds.

resource "google_cloud_scheduler_job" "this" {
  for_each = local.scheduled

  name             = replace(each.key, "_", "-")
  region           = var.region
  schedule         = each.value.cron
  time_zone        = each.value.time_zone
  attempt_deadline = "${each.value.deadline}s"

  # Delivered at least once, done once: the function holds a lease on the slot, and a run that broke off goes on.
  retry_config {
    retry_count          = 3
    min_backoff_duration = "10s"
    max_backoff_duration = "120s"
    max_doublings        = 3
  }

  http_target {
    http_method = "POST"
    uri         = google_cloud_run_v2_service.this[each.key].uri

    # The function accepts no other audience, whatever address it is reached by.
    oidc_token {
      service_account_email = var.accounts["scheduler"]
      audience              = "${var.origin}/api/${each.key}"
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_member.scheduler]
}
