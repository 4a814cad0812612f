namespace Ttm.Server.Commands.Doctor;

/// <summary>One line of the doctor's: all is well, or what to mend.</summary>
/// <param name="Text">What was seen, or what is wrong and how it is mended.</param>
internal sealed record Finding(string Subject, bool IsFine, string Text)
{
    public static Finding Fine(string subject, string text) => new(subject, true, text);

    public static Finding Mend(string subject, string text) => new(subject, false, text);

    public override string ToString() => $"{(IsFine ? "ok  " : "mend")}  {Subject}: {string.Join(' ', Text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))}";
}
