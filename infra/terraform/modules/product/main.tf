# The whole product in one project. The environments differ by their values only.

locals {
  apis = [
    "artifactregistry", "bigquery", "cloudbuild", "cloudscheduler", "compute", "firebase", "firebasehosting", "iam", "iamcredentials", "identitytoolkit",
    "logging", "monitoring", "run", "secretmanager", "servicenetworking", "sqladmin", "storage",
  ]
}

resource "google_project_service" "this" {
  for_each = toset(local.apis)

  project            = var.project
  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}

module "network" {
  source     = "../network"
  region     = var.region
  depends_on = [google_project_service.this]
}

module "accounts" {
  source     = "../accounts"
  project    = var.project
  depends_on = [google_project_service.this]
}

module "database" {
  source          = "../database"
  region          = var.region
  network         = module.network.network
  tier            = var.database_tier
  availability    = var.database_availability
  max_connections = var.max_connections
  kms_key         = var.kms_key
  logins          = { for name in ["web", "files", "jobs", "purger", "seals", "usage", "backups", "migrator"] : name => module.accounts.emails[name] }
}

module "files" {
  source  = "../files"
  project = var.project
  region  = var.region
  origin  = var.origin
  account = module.accounts.emails["files"]
  kms_key = var.kms_key

  exporter       = module.accounts.emails["jobs"]
  collector      = module.accounts.emails["purger"]
  collector_role = module.accounts.collector_role
}

module "backups" {
  source         = "../backups"
  backup_project = var.backup_project
  days           = var.backup_days
  region         = var.region
  network        = module.network.network
  tier           = var.restore_tier
  account        = module.accounts.emails["backups"]
  files_bucket   = module.files.bucket
  logins         = { for name in keys(module.database.users) : name => module.accounts.emails[name] if contains(["backups", "migrator"], name) }
  kms_key        = var.kms_key
}

module "warehouse" {
  source     = "../warehouse"
  project    = var.project
  exporter   = module.accounts.emails["usage"]
  analysts   = var.analysts
  depends_on = [google_project_service.this]
}

# The files' module lets Cloud Storage use the key.
module "seals" {
  source         = "../seals"
  project        = var.project
  region         = var.region
  account        = module.accounts.emails["seals"]
  readers        = { web = module.accounts.emails["web"] }
  retention_days = var.seal_retention_days
  kms_key        = var.kms_key
  depends_on     = [module.files]
}

# The key itself is put in by hand, so that no state or plan ever holds it.
resource "google_secret_manager_secret" "sendgrid" {
  secret_id = "sendgrid-api-key"

  replication {
    auto {}
  }

  depends_on = [google_project_service.this]
}

resource "google_secret_manager_secret_iam_member" "jobs_send" {
  secret_id = google_secret_manager_secret.sendgrid.id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${module.accounts.emails["jobs"]}"
}

module "functions" {
  source            = "../functions"
  services          = var.services
  image             = var.image
  project           = var.project
  region            = var.region
  origin            = var.origin
  network           = module.network.network
  subnetwork        = module.network.subnetwork
  accounts          = module.accounts.emails
  database_instance = module.database.instance
  database_name     = module.database.name
  database_users    = module.database.users
  bucket            = module.files.bucket
  seal_bucket       = module.seals.bucket
  backup_bucket     = module.backups.bucket
  restore_instance  = module.backups.instance
  tenant            = var.tenant
  scanner           = var.scanner
  mail_from         = var.mail_from
  mail_events_key   = var.mail_events_key
  sendgrid_secret   = google_secret_manager_secret.sendgrid.secret_id
  depends_on        = [google_secret_manager_secret_iam_member.jobs_send]
}

module "hosting" {
  source     = "../hosting"
  project    = var.project
  region     = var.region
  origin     = var.origin
  services   = module.functions.public
  depends_on = [google_project_service.this]
}

module "identity" {
  source     = "../identity"
  project    = var.project
  origin     = var.origin
  depends_on = [google_project_service.this]
}

module "alerts" {
  source            = "../alerts"
  email             = var.alerts_to
  signing_functions = ["approve_request", "assess_training", "cancel_event", "cancel_investigation", "close_change", "complete_training", "correct_event_type", "erase_person", "mark_capa_plan_ineffective", "move_effective_date", "recall_change", "recall_document", "reclassify_event", "reject_request", "reopen_event", "reopen_investigation", "report_failed_signing", "review_audit_trail", "suspend_document", "triage_event", "verify_capa_plan", "waive_training"]
  depends_on        = [google_project_service.this]
}
