using System.Security.Cryptography;
using System.Text;

namespace Ttm.Server.Configuration;

/// <summary>Who may sign tokens: API key to secret. Never logged.</summary>
internal sealed record AuthOptions(IReadOnlyDictionary<string, string> Keys)
{
    public const int MinimumSecretBytes = 32;
    public const string Section = "Auth:Keys";

    public static AuthOptions Read(Settings settings, bool isDevelopment)
    {
        var keys = settings.Map(Section);
        foreach (var (key, secret) in keys)
        {
            var length = Encoding.UTF8.GetByteCount(secret);
            if (length < MinimumSecretBytes)
            {
                throw new StartException(
                    $"Auth:Keys:{key} has a secret of {length} bytes: give it at least {MinimumSecretBytes} bytes, for example from \"openssl rand -base64 32\".");
            }
        }

        if (keys.Count > 0)
            return new(keys);
        if (!isDevelopment)
        {
            throw new StartException(
                $"Auth:Keys is empty: set Auth:Keys:{{apiKey}} (as environment variable Auth__Keys__{{apiKey}}) to a secret of at least {MinimumSecretBytes} bytes.");
        }

        return new(new Dictionary<string, string> { ["development"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(MinimumSecretBytes)) });
    }

    public override string ToString() => $"{Keys.Count} API keys";
}
