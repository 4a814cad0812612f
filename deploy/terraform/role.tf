# What the server may do: deploy/terraform/policy.json, the same file that the tests try on an S3 server. And what the machine may: be looked after by
# Session Manager, take its own Elastic IP and disk, and fetch its package.
resource "aws_iam_role" "server" {
  name_prefix        = "ttm-media-"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "recordings" {
  name   = "recordings"
  role   = aws_iam_role.server.id
  policy = templatefile("${path.module}/policy.json", { bucket = aws_s3_bucket.recordings.bucket })
}

data "aws_iam_policy_document" "machine" {
  statement {
    sid     = "OwnAddress"
    actions = ["ec2:AssociateAddress"]
    resources = [
      "arn:aws:ec2:${var.region}:${data.aws_caller_identity.current.account_id}:elastic-ip/${aws_eip.server.allocation_id}",
      "arn:aws:ec2:${var.region}:${data.aws_caller_identity.current.account_id}:network-interface/*",
    ]
  }

  statement {
    sid       = "OwnAddressOfOwnInstance"
    actions   = ["ec2:AssociateAddress", "ec2:AttachVolume"]
    resources = ["arn:aws:ec2:${var.region}:${data.aws_caller_identity.current.account_id}:instance/*"]
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/service"
      values   = ["ttm-media"]
    }
  }

  statement {
    sid       = "OwnDisk"
    actions   = ["ec2:AttachVolume"]
    resources = [aws_ebs_volume.spool.arn]
  }

  dynamic "statement" {
    for_each = startswith(var.package, "s3://") ? [replace(var.package, "s3://", "arn:aws:s3:::")] : []
    content {
      sid       = "OwnPackage"
      actions   = ["s3:GetObject"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role_policy" "machine" {
  name   = "machine"
  role   = aws_iam_role.server.id
  policy = data.aws_iam_policy_document.machine.json
}

resource "aws_iam_role_policy_attachment" "session_manager" {
  role       = aws_iam_role.server.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "server" {
  name_prefix = "ttm-media-"
  role        = aws_iam_role.server.name
}
