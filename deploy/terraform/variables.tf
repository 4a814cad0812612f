variable "domain" {
  description = "The customer's domain; its hosted zone is in Route 53."
  type        = string
  default     = "thinkthroughmath.com"
}

variable "name" {
  description = "The server's name under the domain."
  type        = string
  default     = "lessons"
}

variable "region" {
  description = "Where it runs. Recordings do not leave it."
  type        = string
  default     = "us-east-1"
}

variable "email" {
  description = "For the certificate authority: where it writes when a certificate is about to expire."
  type        = string
}

variable "package" {
  description = "s3:// or https:// address of the Debian package that deploy/build-deb.sh has made."
  type        = string
}

variable "instance_type" {
  description = "docs/operations.md says how many lessons which one holds."
  type        = string
  default     = "c7i.large"
}

variable "subnet_id" {
  description = "A public subnet; the Elastic IP and the disk stay in its availability zone."
  type        = string
}

variable "bucket" {
  description = "Name of the bucket for recordings; made of the host name where empty."
  type        = string
  default     = ""
}

variable "keep_recordings_days" {
  description = "Recordings are deleted after so many days; 0 keeps them."
  type        = number
  default     = 0
}

variable "spool_gigabytes" {
  description = "Disk for recordings that are not stored yet. An hour of a lesson takes up to 60 MB until its MP3 is stored."
  type        = number
  default     = 50
}

variable "admin_cidrs" {
  description = "Who may scrape /metrics by the private address and port 8080; nobody where empty. Shells are opened by Session Manager, not by SSH."
  type        = list(string)
  default     = []
}
