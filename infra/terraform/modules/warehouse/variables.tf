variable "project" {
  type = string
}

variable "exporter" {
  description = "The address of the service account that exports."
  type        = string
}

variable "analysts" {
  description = "The address of the group that may read."
  type        = string
}
