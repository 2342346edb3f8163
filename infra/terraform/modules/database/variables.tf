variable "region" {
  type = string
}

variable "network" {
  description = "The network in which the instance has its private address."
  type        = string
}

variable "tier" {
  type = string
}

variable "availability" {
  description = "REGIONAL stands by in a second zone; ZONAL doesn't."
  type        = string

  validation {
    condition     = contains(["REGIONAL", "ZONAL"], var.availability)
    error_message = "The availability is REGIONAL or ZONAL."
  }
}

variable "max_connections" {
  description = "Twice what all functions may open together stays under 80 % of it."
  type        = number
}

variable "logins" {
  description = "The service accounts that log in: short name to address."
  type        = map(string)
}

variable "kms_key" {
  description = "A key of Cloud KMS to encrypt with; empty for Google's own."
  type        = string
}
