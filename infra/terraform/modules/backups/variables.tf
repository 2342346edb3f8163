variable "backup_project" {
  description = "Another project, with other owners, that holds the backups."
  type        = string
}

variable "days" {
  description = "How long a backup stays, whatever anybody wants."
  type        = number
}

variable "region" {
  type = string
}

variable "network" {
  description = "The network in which the server has its private address."
  type        = string
}

variable "tier" {
  type = string
}

variable "account" {
  description = "The address of the service account that makes and checks backups."
  type        = string
}

variable "files_bucket" {
  type = string
}

variable "logins" {
  description = "The service accounts that log in to the server: short name to address."
  type        = map(string)
}

variable "kms_key" {
  description = "A key of Cloud KMS to encrypt with; empty for Google's own."
  type        = string
}
