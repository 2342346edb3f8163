variable "services" {
  description = "The register's services, as python -m infra.register prints them."
  type = map(object({
    area            = string
    trigger         = string
    shared          = bool
    functions       = list(string)
    service_account = string
    timeout         = number
    concurrency     = number
    max_instances   = number
    min_instances   = number
    memory          = string
    cpu             = number
  }))
}

variable "image" {
  description = "The image by its digest, so that what was tested is what runs."
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "Name the image by its digest."
  }
}

variable "project" {
  type = string
}

variable "region" {
  type = string
}

variable "origin" {
  description = "Where the product answers, without a slash at the end."
  type        = string
}

variable "network" {
  type = string
}

variable "subnetwork" {
  type = string
}

variable "accounts" {
  description = "The address of each service account by its short name."
  type        = map(string)
}

variable "database_instance" {
  type = string
}

variable "database_name" {
  type = string
}

variable "database_users" {
  description = "The login role of each service account by its short name."
  type        = map(string)
}

variable "bucket" {
  type = string
}

variable "seal_bucket" {
  type = string
}

variable "backup_bucket" {
  type = string
}

variable "restore_instance" {
  description = "The connection name of the server that backups are restored on."
  type        = string
}

variable "tenant" {
  description = "The tenant of Identity Platform whose sign-ins are accepted; empty for the project's own."
  type        = string
}

variable "scanner" {
  description = "Where ClamAV's clamd scans uploads, host:port in the product's network; empty for none."
  type        = string
}

variable "mail_from" {
  type = string
}

variable "mail_events_key" {
  description = "The public key of SendGrid's signed event webhook: base64 of DER. It is no secret."
  type        = string
}

variable "sendgrid_secret" {
  description = "The secret that holds SendGrid's key."
  type        = string
}
