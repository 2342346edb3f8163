# A network of the product's own: functions reach the database by its private address, and nothing reaches them.

resource "google_compute_network" "this" {
  name                    = "qfacts"
  auto_create_subnetworks = false
}

# Each instance of a function takes an address here, twice as many while a deployment is going on: a /22 has 1,020.
resource "google_compute_subnetwork" "functions" {
  name                     = "qfacts-functions"
  region                   = var.region
  network                  = google_compute_network.this.id
  ip_cidr_range            = "10.10.0.0/22"
  private_ip_google_access = true
}

# Where Cloud SQL and the build's workers get their private addresses.
resource "google_compute_global_address" "services" {
  name          = "qfacts-services"
  network       = google_compute_network.this.id
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = 16
}

resource "google_service_networking_connection" "services" {
  network                 = google_compute_network.this.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services.name]
}

# The build migrates the database by its private address.
resource "google_cloudbuild_worker_pool" "this" {
  name     = "qfacts"
  location = var.region

  worker_config {
    machine_type = "e2-standard-4"
    disk_size_gb = 100
  }

  network_config {
    peered_network = google_compute_network.this.id
  }

  depends_on = [google_service_networking_connection.services]
}
