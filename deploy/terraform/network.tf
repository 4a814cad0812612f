# Exactly the ports of docs/operations.md.
data "aws_subnet" "public" {
  id = var.subnet_id
}

resource "aws_security_group" "server" {
  name        = "ttm-media"
  description = "TtmMedia: HTTPS, media, and HTTP for the certificate authority"
  vpc_id      = data.aws_subnet.public.vpc_id
}

locals {
  open = {
    https     = { protocol = "tcp", port = 443 }
    http      = { protocol = "tcp", port = 80 }
    media-udp = { protocol = "udp", port = 3478 }
    media-tcp = { protocol = "tcp", port = 3478 }
  }
}

resource "aws_vpc_security_group_ingress_rule" "ipv4" {
  for_each          = local.open
  security_group_id = aws_security_group.server.id
  description       = each.key
  ip_protocol       = each.value.protocol
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_ingress_rule" "metrics" {
  for_each          = toset(var.admin_cidrs)
  security_group_id = aws_security_group.server.id
  description       = "metrics"
  ip_protocol       = "tcp"
  from_port         = 8080
  to_port           = 8080
  cidr_ipv4         = each.value
}

resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.server.id
  description       = "students, S3, webhooks, the certificate authority, packages"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_eip" "server" {
  domain = "vpc"
  tags   = { Name = local.host }
}

data "aws_route53_zone" "domain" {
  name = var.domain
}

resource "aws_route53_record" "server" {
  zone_id = data.aws_route53_zone.domain.zone_id
  name    = local.host
  type    = "A"
  ttl     = 60
  records = [aws_eip.server.public_ip]
}
