variable "email" {
  description = "Who is told."
  type        = string
}

variable "signing_functions" {
  description = "The functions that take a signature."
  type        = list(string)
}
