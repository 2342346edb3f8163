variable "project" {
  type = string
}

variable "region" {
  type = string
}

variable "account" {
  description = "The address of the service account that seals."
  type        = string
}

variable "readers" {
  description = "The addresses of the service accounts that verify, by their short names."
  type        = map(string)
}

variable "retention_days" {
  description = "How long a seal can neither be altered nor removed. It can be lengthened later, and never shortened."
  type        = number
}

variable "kms_key" {
  description = "A key of Cloud KMS to encrypt with; empty for Google's own."
  type        = string
}
