using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ttm.Server.Webhooks;

/// <summary>Signatures of the Standard Webhooks specification: <c>v1,base64(HMAC-SHA256(key, id.timestamp.body))</c>.</summary>
internal static class WebhookSignature
{
    public static string Create(ReadOnlySpan<byte> key, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")), .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }
}
