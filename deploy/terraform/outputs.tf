output "url" {
  value = "https://${local.host}"
}

output "address" {
  description = "What schools allow: this address, TCP 443 and UDP 3478."
  value       = aws_eip.server.public_ip
}

output "bucket" {
  value = aws_s3_bucket.recordings.bucket
}
