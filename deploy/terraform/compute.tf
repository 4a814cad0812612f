# A disk of its own outlives the instance: spool, configuration with the keys, and certificates. So no secret is in Terraform's state.
resource "aws_ebs_volume" "spool" {
  availability_zone = data.aws_subnet.public.availability_zone
  size              = var.spool_gigabytes
  type              = "gp3"
  encrypted         = true
  tags              = { Name = "ttm-media" }

  lifecycle {
    prevent_destroy = true
  }
}

data "aws_ami" "debian" {
  most_recent = true
  owners      = ["136693071363"] # Debian
  filter {
    name   = "name"
    values = ["debian-12-amd64-*"]
  }
}

resource "aws_launch_template" "server" {
  name_prefix   = "ttm-media-"
  image_id      = data.aws_ami.debian.id
  instance_type = var.instance_type
  user_data = base64encode(templatefile("${path.module}/start.sh", {
    host       = local.host
    email      = var.email
    region     = var.region
    bucket     = aws_s3_bucket.recordings.bucket
    package    = var.package
    allocation = aws_eip.server.allocation_id
    volume     = aws_ebs_volume.spool.id
  }))

  iam_instance_profile {
    arn = aws_iam_instance_profile.server.arn
  }

  network_interfaces {
    associate_public_ip_address = true
    security_groups             = [aws_security_group.server.id]
    subnet_id                   = var.subnet_id
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      encrypted   = true
      volume_size = 16
      volume_type = "gp3"
    }
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = local.host, service = "ttm-media" }
  }
}

# A group of one: an instance that dies is replaced, and the new one takes the address, the disk and the lessons over.
resource "aws_autoscaling_group" "server" {
  name                      = "ttm-media"
  min_size                  = 1
  max_size                  = 1
  desired_capacity          = 1
  health_check_type         = "EC2"
  health_check_grace_period = 600
  vpc_zone_identifier       = [var.subnet_id]

  launch_template {
    id      = aws_launch_template.server.id
    version = aws_launch_template.server.latest_version
  }

  depends_on = [aws_iam_role_policy.machine, aws_iam_role_policy.recordings, aws_route53_record.server]
}
