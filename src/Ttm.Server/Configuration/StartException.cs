namespace Ttm.Server.Configuration;

/// <summary>
/// The server cannot start: one sentence that names the setting, its value (never a secret) and the mend. Printed to stderr without a stack trace.
/// </summary>
public sealed class StartException(string message) : Exception(message)
{
    /// <summary>The usual sentence.</summary>
    public static StartException Setting(string key, string? value, string mend) =>
        new(string.IsNullOrEmpty(value) ? $"{key} is not set: {mend}." : $"{key} is \"{value}\": {mend}.");
}
