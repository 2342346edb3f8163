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

variable "max_connections" {
  type = number
}

variable "seal_retention_days" {
  description = "How long the audit trail's seals can neither be altered nor removed; never shorter than before."
  type        = number
}

variable "mail_from" {
  type = string
}

variable "alerts_to" {
  type = string
}

variable "tenant" {
  type    = string
  default = ""
}

variable "kms_key" {
  type    = string
  default = ""
}
