# TtmMedia on AWS: one instance that an autoscaling group keeps alive, under one name and one Elastic IP, with a bucket for the recordings.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40, < 7.0"
    }
  }
}

provider "aws" {
  region = var.region
  default_tags {
    tags = { service = "ttm-media", domain = local.host }
  }
}

locals {
  host   = "${var.name}.${var.domain}"
  bucket = coalesce(var.bucket, "${replace(local.host, ".", "-")}-recordings")
}

data "aws_caller_identity" "current" {}
