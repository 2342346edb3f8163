output "network" {
  value = google_compute_network.this.id

  # Whoever takes an address from it waits until the addresses are there.
  depends_on = [google_service_networking_connection.services]
}

output "subnetwork" {
  value = google_compute_subnetwork.functions.id
}
