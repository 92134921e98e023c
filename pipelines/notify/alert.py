def notify_result(config, place, summary): return "没有配置"
def notify_failure(config, place, reason): return ""
