using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ttm.Server.Api;

namespace Ttm.Server.Commands.Init;

/// <summary>What somebody has to say before there can be lessons; null for what was left out.</summary>
internal sealed record InitForm(string? Domain, string? Email, string? Bucket, string? Region, string? PublicAddress)
{
    private const int KeyLength = 12;
    private const int SecretBytes = 32;

    /// <summary>Everything but secrets.</summary>
    public JsonObject ToSettings(string certificate, string key)
    {
        var settings = new JsonObject
        {
            ["Http"] = new JsonObject { [nameof(Domain)] = Domain },
            ["Kestrel"] = new JsonObject
            {
                ["Endpoints"] = new JsonObject
                {
                    ["Http"] = new JsonObject { ["Url"] = "http://*:80" },
                    ["Https"] = new JsonObject { ["Url"] = "https://*:443" },
                },
                ["Certificates"] = new JsonObject { ["Default"] = new JsonObject { ["Path"] = certificate, ["KeyPath"] = key } },
            },
            ["Turn"] = new JsonObject { ["Realm"] = Domain },
        };
        if (PublicAddress is not null)
            settings["Media"] = new JsonObject { ["PublicAddresses"] = new JsonArray(PublicAddress) };
        if (Bucket is not null)
            settings["Storage"] = new JsonObject { ["Provider"] = "S3", ["S3"] = new JsonObject { [nameof(Bucket)] = Bucket, [nameof(Region)] = Region } };
        return settings;
    }

    /// <summary>New ones each time.</summary>
    public static JsonObject NewSecrets() => new()
    {
        ["Auth"] = new JsonObject { ["Keys"] = new JsonObject { ["key-" + Ids.New(KeyLength)] = NewSecret() } },
        ["Turn"] = new JsonObject { ["Secret"] = NewSecret() },
        ["Webhooks"] = new JsonObject { ["Secret"] = "whsec_" + NewSecret() },
    };

    private static string NewSecret() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));
}
