# One origin: /api/<function> goes to the service that runs that function, so the browser needs no CORS for the API.
# The web application's files are released by firebase-tools, which must be given these same rewrites.

terraform {
  required_providers {
    google-beta = {
      source = "hashicorp/google-beta"
    }
  }
}

resource "google_firebase_project" "this" {
  provider = google-beta
  project  = var.project
}

resource "google_firebase_hosting_site" "this" {
  provider = google-beta
  project  = google_firebase_project.this.project
  site_id  = var.project
}

resource "google_firebase_hosting_custom_domain" "this" {
  provider      = google-beta
  project       = var.project
  site_id       = google_firebase_hosting_site.this.site_id
  custom_domain = trimprefix(var.origin, "https://")

  # The domain's records are made elsewhere, after this has said which.
  wait_dns_verification = false
}

resource "google_firebase_hosting_version" "this" {
  provider = google-beta
  site_id  = google_firebase_hosting_site.this.site_id

  config {
    dynamic "rewrites" {
      for_each = var.services

      content {
        glob = "/api/${rewrites.key}"

        run {
          service_id = rewrites.value
          region     = var.region
        }
      }
    }
  }
}

resource "google_firebase_hosting_release" "this" {
  provider     = google-beta
  site_id      = google_firebase_hosting_site.this.site_id
  version_name = google_firebase_hosting_version.this.name
  message      = "${length(var.services)} functions"
}
