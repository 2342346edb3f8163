variable "project" {
  type = string
}

variable "region" {
  type = string
}

variable "origin" {
  description = "Where people find the product, without a slash at the end."
  type        = string
}

variable "image" {
  description = "The image by its digest."
  type        = string
}

variable "services" {
  description = "What Cloud Run runs, as python -m infra.register prints it."
  type        = any
}

variable "database_tier" {
  type = string
}

variable "database_availability" {
  type = string
}

variable "backup_project" {
  description = "Another project, with other owners, that holds the backups."
  type        = string
}

variable "backup_days" {
  description = "How long a backup stays, whatever anybody wants."
  type        = number
}

variable "restore_tier" {
  description = "The machine of the server that backups are restored on to check them."
  type        = string
}

variable "max_connections" {
  type = number
}

variable "seal_retention_days" {
  description = "How long the audit trail's seals can neither be altered nor removed; never shorter than before."
  type        = number
}

variable "scanner" {
  description = "Where ClamAV's clamd scans uploads, host:port in the product's network; empty for none."
  type        = string
}

variable "mail_from" {
  type = string
}

variable "mail_events_key" {
  description = "The public key of SendGrid's signed event webhook; empty until it is switched on there, and then nothing gets in."
  type        = string
}

variable "alerts_to" {
  type = string
}

variable "analysts" {
  description = "The address of the group that may read usage data."
  type        = string
}

variable "tenant" {
  type    = string
  default = ""
}

variable "kms_key" {
  type    = string
  default = ""
}
