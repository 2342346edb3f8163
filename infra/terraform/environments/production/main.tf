terraform {
  required_version = ">= 1.9"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.0"
    }

    google-beta = {
      source  = "hashicorp/google-beta"
      version = "~> 7.0"
    }
  }

  backend "gcs" {
    bucket = "qfacts-production-terraform"
  }
}

provider "google" {
  project = local.project
  region  = local.region
}

provider "google-beta" {
  project               = local.project
  region                = local.region
  user_project_override = true
}

locals {
  project = "qfacts-production"
  region  = "europe-west1"
}

variable "image" {
  description = "The image that the build made, by its digest."
  type        = string
}

variable "services" {
  description = "What Cloud Run runs, as python -m infra.register prints it."
  type        = any
}

module "product" {
  source                = "../../modules/product"
  project               = local.project
  region                = local.region
  image                 = var.image
  services              = var.services
  origin                = "https://app.qfacts.example"
  mail_from             = "no-reply@qfacts.example"
  mail_events_key       = ""
  scanner               = ""
  alerts_to             = "operations@qfacts.example"
  analysts              = "analysts@qfacts.example"
  seal_retention_days   = 3650
  database_tier         = "db-custom-4-16384"
  database_availability = "REGIONAL"
  backup_project        = "qfacts-production-backups"
  backup_days           = 400
  restore_tier          = "db-custom-2-8192"

  # Each service may open 2 x max_instances connections, and twice that while a deployment is going on.
  max_connections = 500
}
