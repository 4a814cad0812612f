using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace Ttm.Recorder.Storage;

/// <summary>Makes the SDK's client out of our options.</summary>
internal static class S3Client
{
    /// <param name="serviceUrl">Instead of the options' own; for presigning.</param>
    /// <exception cref="ObjectStoreException">No region is known.</exception>
    public static AmazonS3Client Create(S3StorageOptions options, string? serviceUrl = null)
    {
        serviceUrl = NullIfEmpty(serviceUrl) ?? NullIfEmpty(options.ServiceUrl);
        var ownServer = serviceUrl is not null;
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.ForcePathStyle ?? ownServer,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = options.MaxRetries,
            HttpClientFactory = new S3HttpClientFactory(options.RequestTimeout),
            RequestChecksumCalculation = Enum.Parse<RequestChecksumCalculation>(
                NullIfEmpty(options.RequestChecksumCalculation) ?? (ownServer ? "WHEN_REQUIRED" : "WHEN_SUPPORTED")),
            ResponseChecksumValidation = ownServer ? ResponseChecksumValidation.WHEN_REQUIRED : ResponseChecksumValidation.WHEN_SUPPORTED,
        };
        if (ownServer)
        {
            config.ServiceURL = serviceUrl;
            config.AuthenticationRegion = NullIfEmpty(options.Region) ?? "us-east-1";
        }
        else
        {
            config.RegionEndpoint = (NullIfEmpty(options.Region) is { } region ? RegionEndpoint.GetBySystemName(region) : FallbackRegionFactory.GetRegionEndpoint())
                ?? throw new ObjectStoreException("Storage:S3:Region (or AWS_REGION) must name the region of the bucket.", transient: false);
        }

        return string.IsNullOrEmpty(options.AccessKey)
            ? new AmazonS3Client(config)
            : new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config);
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
