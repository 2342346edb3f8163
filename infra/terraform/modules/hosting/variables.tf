variable "project" {
  type = string
}

variable "region" {
  type = string
}

variable "origin" {
  type = string

  validation {
    condition     = can(regex("^https://[^/]+$", var.origin))
    error_message = "The origin is https:// and a domain, without a slash at the end."
  }
}

variable "services" {
  description = "Function to service, of those that people and other services call."
  type        = map(string)
}
