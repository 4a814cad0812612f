namespace Ttm.Server.Configuration;

/// <summary>How many values lie under a key.</summary>
internal enum SettingShape
{
    /// <summary><c>Key</c>.</summary>
    One,

    /// <summary><c>Key</c> with commas, or <c>Key:0</c>, <c>Key:1</c> …</summary>
    List,

    /// <summary><c>Key:{name}</c>.</summary>
    Map,
}

/// <summary>A setting that the server reads.</summary>
/// <param name="Default">As it would be written; empty where nothing is set.</param>
internal sealed record KnownSetting(string Key, SettingShape Shape, string Default)
{
    private static readonly string[] SecretWords = ["secret", "password", "users", "auth:keys", "token", "apikey"];

    public bool Matches(string key) => Shape switch
    {
        SettingShape.One => Key.Equals(key, StringComparison.OrdinalIgnoreCase),
        SettingShape.List => Key.Equals(key, StringComparison.OrdinalIgnoreCase) || (IsBelow(key) && int.TryParse(key.AsSpan(Key.Length + 1), out _)),
        _ => IsBelow(key) && !key.AsSpan(Key.Length + 1).Contains(':'),
    };

    /// <summary>As the documentation writes it.</summary>
    public string Written => Shape == SettingShape.Map ? Key + ":{name}" : Key;

    /// <summary>Whether the value of a key, known or not, may be a secret; then nobody is shown it.</summary>
    public static bool IsSecret(string key) => Array.Exists(SecretWords, word => key.Contains(word, StringComparison.OrdinalIgnoreCase));

    private bool IsBelow(string key) =>
        key.Length > Key.Length + 1 && key[Key.Length] == ':' && key.StartsWith(Key, StringComparison.OrdinalIgnoreCase);
}
