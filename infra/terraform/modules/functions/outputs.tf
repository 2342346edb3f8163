output "public" {
  description = "The service of each function that people and other services call."
  value = merge([
    for name, service in local.public : {
      for function in service.functions : function => google_cloud_run_v2_service.this[name].name
    }
  ]...)
}
