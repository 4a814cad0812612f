#!/bin/bash
# The first boot of an instance; cloud-init runs it as root. Terraform has filled in what stands in $${}.
set -euxo pipefail
export DEBIAN_FRONTEND=noninteractive AWS_DEFAULT_REGION=${region}
apt-get update
apt-get install -y awscli certbot curl unattended-upgrades

# The address and the disk are taken from the instance before this one, which may still be going.
token=$(curl -fsS -X PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 300')
instance=$(curl -fsS http://169.254.169.254/latest/meta-data/instance-id -H "X-aws-ec2-metadata-token: $token")
aws ec2 associate-address --allocation-id ${allocation} --instance-id "$instance" --allow-reassociation
until aws ec2 attach-volume --volume-id ${volume} --instance-id "$instance" --device /dev/sdf; do sleep 5; done
disk=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$(echo ${volume} | tr -d -)
until [ -e "$disk" ]; do sleep 1; done
blkid "$disk" || mkfs.ext4 -L ttm-media "$disk"
mkdir -p /srv/ttm-media
echo "LABEL=ttm-media /srv/ttm-media ext4 defaults,nofail 0 2" >>/etc/fstab
mount /srv/ttm-media
for place in /etc/ttm-media /var/lib/ttm-media /etc/letsencrypt; do
  mkdir -p "/srv/ttm-media$place" "$place"
  echo "/srv/ttm-media$place $place none bind 0 0" >>/etc/fstab
  mount "$place"
done

case ${package} in
  s3://*) aws s3 cp ${package} /tmp/ttm-media.deb ;;
  *) curl -fsSL -o /tmp/ttm-media.deb ${package} ;;
esac
apt-get install -y /tmp/ttm-media.deb

# Keys are made once, on the disk that stays: "cat /etc/ttm-media/secrets.json" in a Session Manager shell shows them.
[ -f /etc/ttm-media/secrets.json ] || ttm-server init --domain ${host} --email ${email} --bucket ${bucket} --region ${region} --public-address ec2 --yes
until getent hosts ${host} | grep -q "$(curl -fsS http://169.254.169.254/latest/meta-data/public-ipv4 -H "X-aws-ec2-metadata-token: $token")"; do sleep 5; done
ttm-media-certificate ${host} ${email}
