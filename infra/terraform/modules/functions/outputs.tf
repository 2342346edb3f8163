output "public" {
  description = "The service of each function that people and other services call."
  value       = { for name in keys(local.public) : name => google_cloud_run_v2_service.this[name].name }
}
