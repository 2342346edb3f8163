# Who acts: one service account for each kind of work, with no key, and only the rights that its work needs.

locals {
  accounts = {
    web       = "Functions that people call"
    files     = "Functions that handle files; signs their addresses"
    jobs      = "Functions that the scheduler calls; sends mail"
    purger    = "Deletes what is over: workings, files that came to nothing, sign-ins of people who were erased"
    usage     = "Exports anonymous usage data"
    seals     = "Seals the audit trail; signs the seals"
    backups   = "Makes and checks backups"
    scheduler = "Cloud Scheduler towards those functions"
    migrator  = "Brings the database up to date"
    deployer  = "Builds and deploys"
  }

  # To log in to the database by IAM.
  database = ["roles/cloudsql.client", "roles/cloudsql.instanceUser"]

  roles = {
    # Signing asks whether the sign-in still stands, which reads the account.
    web      = concat(local.database, ["roles/firebaseauth.viewer"])
    files    = local.database
    jobs     = local.database
    purger   = local.database
    seals    = local.database
    backups  = local.database
    migrator = local.database
    usage    = concat(local.database, ["roles/bigquery.jobUser"])
    deployer = [
      "roles/artifactregistry.writer",
      "roles/cloudbuild.workerPoolOwner",
      "roles/cloudscheduler.admin",
      "roles/cloudsql.admin",
      "roles/compute.networkAdmin",
      "roles/firebase.viewer",
      "roles/firebasehosting.admin",
      "roles/iam.roleViewer",
      "roles/iam.serviceAccountAdmin",
      "roles/identityplatform.admin",
      "roles/logging.configWriter",
      "roles/logging.logWriter",
      "roles/monitoring.editor",
      "roles/run.admin",
      "roles/serviceusage.serviceUsageAdmin",
    ]
  }

  grants = merge([
    for account, roles in local.roles : { for role in roles : "${account} ${role}" => { account = account, role = role } }
  ]...)

  # What the deployer may hand on in the project: what the others have, so never more than this.
  grantable = distinct(concat(
    [google_project_iam_custom_role.eraser.id, google_project_iam_custom_role.writer.id],
    local.roles.web, local.roles.files, local.roles.jobs, local.roles.purger, local.roles.seals, local.roles.migrator, local.roles.usage, local.roles.backups,
  ))
}

resource "google_service_account" "this" {
  for_each = local.accounts

  account_id   = "qfacts-${each.key}"
  display_name = each.value
}

resource "google_project_iam_member" "this" {
  for_each = local.grants

  project = var.project
  role    = each.value.role
  member  = google_service_account.this[each.value.account].member
}

# What the predefined roles would give together with the data itself: the deployer reads no file and no secret.
resource "google_project_iam_custom_role" "keeper" {
  role_id = "qfactsKeeper"
  title   = "Buckets, secrets and datasets without what is in them"

  permissions = [
    "bigquery.datasets.create",
    "bigquery.datasets.get",
    "bigquery.datasets.getIamPolicy",
    "bigquery.datasets.setIamPolicy",
    "bigquery.datasets.update",
    "secretmanager.secrets.create",
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "secretmanager.secrets.setIamPolicy",
    "secretmanager.secrets.update",
    "storage.buckets.create",
    "storage.buckets.get",
    "storage.buckets.getIamPolicy",
    "storage.buckets.setIamPolicy",
    "storage.buckets.update",
  ]
}

resource "google_project_iam_custom_role" "collector" {
  role_id     = "qfactsCollector"
  title       = "Deletes objects of a bucket that keeps former versions"
  permissions = ["storage.objects.delete"]
}

# No more than that: it neither makes an account nor changes one, which would be to sign in as somebody else.
resource "google_project_iam_custom_role" "eraser" {
  role_id     = "qfactsEraser"
  title       = "Deletes the sign-ins of people who were erased"
  permissions = ["firebaseauth.users.delete"]
}

resource "google_project_iam_member" "purger_erases" {
  project = var.project
  role    = google_project_iam_custom_role.eraser.id
  member  = google_service_account.this["purger"].member
}

# The code of a link with which somebody chooses another password or proves an address; it goes to that address only.
resource "google_project_iam_custom_role" "writer" {
  role_id     = "qfactsWriter"
  title       = "Writes to people about their sign-ins"
  permissions = ["firebaseauth.users.sendEmail"]
}

resource "google_project_iam_member" "jobs_write" {
  project = var.project
  role    = google_project_iam_custom_role.writer.id
  member  = google_service_account.this["jobs"].member
}

resource "google_project_iam_member" "deployer_keeps" {
  project = var.project
  role    = google_project_iam_custom_role.keeper.id
  member  = google_service_account.this["deployer"].member
}

resource "google_project_iam_member" "deployer_grants" {
  project = var.project
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = google_service_account.this["deployer"].member

  condition {
    title      = "only the roles of the product's own accounts"
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${join(", ", formatlist("'%s'", local.grantable))}])"
  }
}

# The deployer gives services and schedules their accounts, and migrates in the migrator's name.
resource "google_service_account_iam_member" "deployer_uses" {
  for_each = toset(["web", "files", "jobs", "purger", "seals", "usage", "backups", "scheduler"])

  service_account_id = google_service_account.this[each.key].name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.this["deployer"].member
}

resource "google_service_account_iam_member" "deployer_migrates" {
  service_account_id = google_service_account.this["migrator"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = google_service_account.this["deployer"].member
}

# There is no key: IAM signs the addresses of files, and the seals (signBlob), which an account must be allowed even in its own name.
resource "google_service_account_iam_member" "files_signs" {
  service_account_id = google_service_account.this["files"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = google_service_account.this["files"].member
}

resource "google_service_account_iam_member" "seals_sign" {
  service_account_id = google_service_account.this["seals"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = google_service_account.this["seals"].member
}
