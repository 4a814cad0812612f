using System.Globalization;

namespace Ttm.Server.Configuration;

/// <summary>Reads settings and says, by <see cref="StartException"/>, which one is wrong and what to do about it.</summary>
internal sealed class Settings(IConfiguration configuration)
{
    private readonly List<KnownSetting> _known = [];

    /// <summary>What was asked for so far.</summary>
    public IReadOnlyList<KnownSetting> Known => _known;

    public string? TextOrNull(string key) => Ask(key, "");

    public string Text(string key, string defaultValue) => Ask(key, defaultValue) ?? defaultValue;

    public int Number(string key, int defaultValue, int minimum, int maximum)
    {
        if (Ask(key, string.Create(CultureInfo.InvariantCulture, $"{defaultValue}")) is not { } text)
            return defaultValue;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum)
            return value;
        throw StartException.Setting(key, text, $"set it to a whole number from {minimum} to {maximum}");
    }

    /// <summary>A time as .NET writes it, such as 00:10:00.</summary>
    public TimeSpan Time(string key, TimeSpan defaultValue, TimeSpan minimum, TimeSpan maximum)
    {
        if (Ask(key, string.Create(CultureInfo.InvariantCulture, $"{defaultValue:c}")) is not { } text)
            return defaultValue;
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum)
            return value;
        throw StartException.Setting(key, text, $"set it to a time in hours, minutes and seconds, from {minimum:c} to {maximum:c}");
    }

    public bool Flag(string key, bool defaultValue)
    {
        if (Ask(key, defaultValue ? "true" : "false") is not { } text)
            return defaultValue;
        return bool.TryParse(text, out var value) ? value : throw StartException.Setting(key, text, "set it to true or false");
    }

    /// <summary>A list as JSON array, as <c>key__0</c>, <c>key__1</c> variables, or in one value separated by commas or semicolons.</summary>
    public IReadOnlyList<string> List(string key)
    {
        _known.Add(new(key, SettingShape.List, ""));
        var section = configuration.GetSection(key);
        var values = section.GetChildren().Select(child => child.Value).Prepend(section.Value);
        return [.. values.SelectMany(value => (value ?? "").Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
    }

    /// <summary>Names and values under a key.</summary>
    public IReadOnlyDictionary<string, string> Map(string key)
    {
        _known.Add(new(key, SettingShape.Map, ""));
        return configuration.GetSection(key).GetChildren().ToDictionary(child => child.Key, child => child.Value ?? "", StringComparer.Ordinal);
    }

    /// <summary>A whole section as options of another project; wrong types are told by the key.</summary>
    public T Bind<T>(string section)
        where T : class, new()
    {
        _known.AddRange(BoundSettings.Read(configuration, section, new T()));
        try
        {
            return configuration.GetSection(section).Get<T>() ?? new T();
        }
        catch (InvalidOperationException exception)
        {
            throw new StartException(exception.Message);
        }
    }

    private string? Ask(string key, string defaultValue)
    {
        _known.Add(new(key, SettingShape.One, defaultValue));
        return string.IsNullOrWhiteSpace(configuration[key]) ? null : configuration[key]!.Trim();
    }

    public bool Has(string section) => configuration.GetSection(section).Exists();
}
