variable "project" {
  type = string
}

variable "origin" {
  type = string
}
