using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Ttm.EndToEnd.Kit;

/// <summary>Makes tokens as an application would, by nothing but HMAC-SHA256 (RFC 7519, RFC 7515).</summary>
internal sealed class Tokens(string key, string secret)
{
    public string Teacher(string lesson, string id) => Make("teacher", id, lesson);

    public string Student(string lesson, string id) => Make("student", id, lesson);

    public string Service() => Make("service", "tests", null);

    private string Make(string role, string subject, string? lesson)
    {
        Dictionary<string, object> claims = new()
        {
            ["iss"] = key,
            ["sub"] = subject,
            ["role"] = role,
            ["exp"] = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds(),
        };
        if (lesson is not null)
            claims["lesson"] = lesson;
        var head = Encode("""{"alg":"HS256","typ":"JWT"}"""u8) + "." + Encode(JsonSerializer.SerializeToUtf8Bytes(claims));
        return head + "." + Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(head)));
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
