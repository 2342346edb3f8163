variable "project" {
  type = string
}

variable "region" {
  type = string
}

variable "origin" {
  description = "Where the web application is; only pages from there may upload."
  type        = string
}

variable "account" {
  description = "The address of the service account that handles files."
  type        = string
}

variable "collector" {
  description = "The address of the service account that removes orphaned objects."
  type        = string
}

variable "collector_role" {
  description = "The role that lets it delete, and nothing else."
  type        = string
}

variable "kms_key" {
  description = "A key of Cloud KMS to encrypt with; empty for Google's own."
  type        = string
}

variable "exporter" {
  description = "The account of the job that makes exports."
  type        = string
}
